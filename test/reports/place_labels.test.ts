import assert from 'node:assert/strict';
import { placeLabels } from '../../src/reports/place_labels.ts';

const room = { left: 0, right: 300, top: 0, bottom: 200 };

describe('placeLabels', () => {
  it('puts a label above and right of its point, and left of it where it would leave the drawing', () => {
    const [middle, edge] = placeLabels(
      [
        { text: '20m', x: 100, y: 100, isNeeded: false },
        { text: '12h', x: 290, y: 100, isNeeded: false },
      ],
      room,
    );
    assert.deepEqual(middle, { text: '20m', x: 109, y: 93, isEnd: false });
    assert.deepEqual([edge?.isEnd, (edge?.x ?? 0) < 290], [true, true]);
  });

  it('lets no label cover another or a point', () => {
    const points = [50, 56, 62, 68].map((x) => ({ text: 'a label', x, y: 100, isNeeded: true }));
    const placed = placeLabels(points, room);
    assert.equal(placed.length, 4);
    const heights = placed.map(({ y, isEnd }) => `${isEnd} ${y}`);
    assert.equal(new Set(heights).size, 4);
  });

  it('leaves out what has no room, but for what is needed', () => {
    const narrow = { left: 0, right: 20, top: 0, bottom: 20 };
    const label = { text: 'far too long for this', x: 10, y: 10 };
    assert.deepEqual(placeLabels([{ ...label, isNeeded: false }], narrow), []);
    assert.equal(placeLabels([{ ...label, isNeeded: true }], narrow).length, 1);
  });
});
