import Bowser from 'bowser';

/** Of programs that give themselves a name. */
const longestName = 60;

/** "Firefox on Linux", as far as the browser says. It says what it likes: good to recognise, proof of nothing. */
export function describeDevice({ userAgent }: { userAgent?: string | null | undefined }): string {
  if (!userAgent) return 'Unknown browser';
  const { browser, os, platform } = Bowser.parse(userAgent);
  const name = browser.name?.slice(0, longestName) || 'Unknown browser';
  const system = platform.vendor === 'Apple' && platform.model ? platform.model : os.name;
  return system ? `${name} on ${system}` : name;
}
