import Bowser from 'bowser';
import type { SeenFrom } from '../store/own_access.ts';

/** "Firefox on Linux", as far as the browser says. It says what it likes: good to recognise, proof of nothing. */
export function describeDevice({ userAgent }: SeenFrom): string {
  if (!userAgent) return 'Unknown browser';
  const { browser, os, platform } = Bowser.parse(userAgent);
  const system = platform.vendor === 'Apple' && platform.model ? platform.model : os.name;
  if (browser.name) return system ? `${browser.name} on ${system}` : browser.name;
  return system ? `Unknown browser on ${system}` : 'Unknown browser';
}
