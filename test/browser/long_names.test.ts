import assert from 'node:assert/strict';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { walks } from '../support/chromium_walks.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';

const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const sentence = `See, change and delete every report of the past ten years, as well as ${word}`;

/** Names and texts as long as anybody could think of, some without a place to break. */
function lengthen(configuration: ExampleConfiguration): ExampleConfiguration {
  const shop = configuration.clients.get('shop');
  if (!shop) throw new Error('There is no shop.');
  const metadata = { ...shop.metadata, client_name: `${word} of ${word}` };
  return {
    ...configuration,
    branding: { name: `${word} ${word}` },
    clients: new Map([...configuration.clients, ['shop', { ...shop, metadata }]]),
    scopes: new Map(
      Array.from(configuration.scopes ?? [], ([name, scope]) => [name, { ...scope, description: sentence }]),
    ),
  };
}

describe('pages with the longest names', () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene({ change: lengthen, nameBegins: 'm'.repeat(120) });
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  for (const name of ['signing in', 'setting up a second factor', 'signing out']) {
    it(`fit into every window: ${name}`, async () => {
      const page = await scene.openPage();
      const faults: string[] = [];
      for await (const state of walks[name]?.(scene, page) ?? []) {
        for (const width of [320, 768, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          const excess = await page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          if (excess > 0) faults.push(`${state}, ${width} px: ${excess} px too wide`);
        }
      }
      assert.deepEqual(faults, []);
    });
  }
});
