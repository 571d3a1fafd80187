import assert from 'node:assert/strict';
import { once } from 'node:events';
import { AddressRefused } from '../../src/delivery/address_guard.ts';
import { createPost } from '../../src/delivery/post.ts';
import { findFreePort } from '../support/ports.ts';
import { startReceiver } from '../support/receiver.ts';
import type { Answer, Receiver } from '../support/receiver.ts';

const rules = { allowedNetworks: [], allowsLoopback: true };

describe('post', () => {
  const { post, close } = createPost(200);
  const open: Receiver[] = [];
  after(async () => {
    close();
    for (const receiver of open) await receiver.close();
  });

  async function receive(answer?: Answer): Promise<Receiver> {
    const receiver = await startReceiver(answer);
    open.push(receiver);
    return receiver;
  }
  const send = (url: string, allowed = rules) =>
    post({ url, headers: { 'Content-Type': 'text/plain' }, body: 'héllo' }, allowed);

  it('posts the body and resolves to the status', async () => {
    const receiver = await receive((response) => response.writeHead(202).end());
    assert.equal(await send(`${receiver.url}/hook?a=b`), 202);
    const [got] = receiver.received;
    assert.equal(got?.path, '/hook?a=b');
    assert.equal(got.body, 'héllo');
    assert.equal(got.headers['content-type'], 'text/plain');
  });

  it('follows no redirect', async () => {
    const target = await receive();
    const receiver = await receive((response) =>
      response.writeHead(307, { Location: `${target.url}/` }).end(),
    );
    assert.equal(await send(receiver.url), 307);
    assert.equal(target.received.length, 0);
  });

  it('uses a connection again', async () => {
    const receiver = await receive();
    for (let count = 0; count < 3; count += 1) await send(receiver.url);
    assert.equal(receiver.connections(), 1);
  });

  it('does not read an endless answer, nor wait for it', async () => {
    const cuts: Promise<unknown>[] = [];
    const receiver = await receive((response) => {
      response.writeHead(200);
      cuts.push(once(response, 'close'));
      const more = () => !response.destroyed && response.write(Buffer.alloc(8192), more);
      more();
    });
    assert.equal(await send(receiver.url), 200);
    assert.equal(await send(receiver.url), 200);
    await Promise.all(cuts);
    assert.equal(cuts.length, 2);
  });

  it('gives up on one that never answers', async () => {
    const receiver = await receive(() => undefined);
    await assert.rejects(send(receiver.url), { name: 'AbortError' });
  });

  it('fails where the answer is another protocol, and where the connection just ends', async () => {
    const switching = await receive((response) => {
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n');
    });
    await assert.rejects(send(switching.url));
    const ending = await receive((response) => response.socket?.destroy());
    await assert.rejects(send(ending.url));
  });

  it('uses no connection again that other rules had let it open', async () => {
    const receiver = await receive();
    const { port } = new URL(receiver.url);
    assert.equal(await send(`http://localhost:${port}/`), 204);
    await assert.rejects(
      send(`http://localhost:${port}/`, { ...rules, allowsLoopback: false }),
      AddressRefused,
    );
  });

  it('fails where nobody listens, and where the answer is no HTTP', async () => {
    await assert.rejects(send(`http://127.0.0.1:${await findFreePort()}/`), { code: 'ECONNREFUSED' });
    const receiver = await receive((response) => response.socket?.end('hello\r\n\r\n'));
    await assert.rejects(send(receiver.url));
  });

  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f000001', '2130706433']) {
    it(`never connects to ${host} in production`, async () => {
      const receiver = await receive();
      const { port } = new URL(receiver.url);
      const production = { allowedNetworks: [], allowsLoopback: false };
      await assert.rejects(send(`http://${host}:${port}/`, production), AddressRefused);
      assert.equal(receiver.connections(), 0);
    });
  }
});
