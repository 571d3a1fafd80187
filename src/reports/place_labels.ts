/** A text beside a point of a drawing. */
export interface WantedLabel {
  text: string;
  x: number;
  y: number;
  /** It must be somewhere, if need be over something else; the others are left out where there is no room. */
  isNeeded: boolean;
}

export interface PlacedLabel {
  text: string;
  /** Of its baseline, at its beginning or, where it leads to the point, at its end. */
  x: number;
  y: number;
  isEnd: boolean;
}

export interface Room {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Of the drawing's letters, on average and with the room that they need. */
const letterWidth = 6.8;
const letterHeight = 12;
const gap = 9;

/** Above and right of their points, else as near as there is room for them, each beside those before it. */
export function placeLabels(wanted: readonly WantedLabel[], room: Room): PlacedLabel[] {
  const taken: Room[] = wanted.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  const placed: PlacedLabel[] = [];
  for (const label of wanted) {
    const spots = listSpots(label);
    const [first] = spots;
    const free = spots.find((spot) => {
      const box = boxOf(spot);
      return isInside(box, room) && !taken.some((other) => overlaps(box, other));
    });
    const inside = spots.find((spot) => isInside(boxOf(spot), room));
    const spot = free ?? (label.isNeeded ? (inside ?? first) : undefined);
    if (!spot) continue;
    taken.push(boxOf(spot));
    placed.push(spot);
  }
  return placed;
}

function listSpots({ text, x, y }: WantedLabel): PlacedLabel[] {
  const rises = [-7, -21, 4, -35, 18, -49, 32];
  return rises.flatMap((rise) => [
    { text, x: x + gap, y: y + rise, isEnd: false },
    { text, x: x - gap, y: y + rise, isEnd: true },
  ]);
}

function boxOf({ text, x, y, isEnd }: PlacedLabel): Room {
  const length = text.length * letterWidth;
  const left = isEnd ? x - length : x;
  return { left, right: left + length, top: y - letterHeight + 2, bottom: y + 3 };
}

const isInside = (box: Room, room: Room): boolean =>
  box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;

const overlaps = (a: Room, b: Room): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
