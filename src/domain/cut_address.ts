/**
 * An address without what tells one household from the next: `203.0.113.x`, or the first three groups of an
 * IPv6 address, `2001:db8:1:x`. For whoever sees what strangers did.
 */
export function cutAddress(address: string): string {
  const [, v4] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){2})\.\d{1,3}$/i.exec(address) ?? [];
  if (v4 !== undefined) return `${v4}.x`;
  if (!address.includes(':')) return 'x';
  const [head = ''] = address.split('::');
  const groups = head.split(':').filter(Boolean).slice(0, 3);
  return `${groups.join(':')}${groups.length < 3 ? '::x' : ':x'}`;
}
