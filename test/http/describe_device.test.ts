import assert from 'node:assert/strict';
import { describeDevice } from '../../src/http/describe_device.ts';

const mozilla = 'Mozilla/5.0';
const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const chrome = `${webkit} Chrome/142.0.0.0`;

const devices: [userAgent: string | undefined, words: string][] = [
  [`${mozilla} (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0`, 'Firefox on Linux'],
  [`${mozilla} (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, 'Chrome on Windows'],
  [
    `${mozilla} (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/142.0.0.0`,
    'Microsoft Edge on Windows',
  ],
  [`${mozilla} (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, 'Chrome on Android'],
  [
    `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.1 Safari/605.1.15`,
    'Safari on macOS',
  ],
  [
    `${mozilla} (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${webkit} Version/18.1 Mobile/15E148 Safari/604.1`,
    'Safari on iPhone',
  ],
  [
    `${mozilla} (iPad; CPU OS 17_0 like Mac OS X) ${webkit} CriOS/120.0 Mobile/15E148 Safari/604.1`,
    'Chrome on iPad',
  ],
  ['curl/8.5.0', 'Unknown browser'],
  ['(X11; Linux x86_64)', 'Unknown browser on Linux'],
  [`${'x'.repeat(400)}/1 y`, 'x'.repeat(60)],
  [undefined, 'Unknown browser'],
];

describe('describeDevice', () => {
  for (const [userAgent, words] of devices) {
    it(`says ${JSON.stringify(words)} of ${userAgent?.slice(0, 120)}`, () =>
      assert.equal(describeDevice({ userAgent }), words));
  }
});
