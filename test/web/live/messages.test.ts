import t from 'tap';
import { type Message, messagesOf } from '../../../src/web/live/messages.js';

/** What is read of a stream that comes in these pieces. */
async function read(...pieces: string[]): Promise<Message[]> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const messages: Message[] = [];
  for await (const message of messagesOf(body, () => undefined)) messages.push(message);
  return messages;
}

await t.test('messages, wherever the stream is cut', async (t) => {
  const text = 'id: a-1\nevent: vm.started\ndata: {"type":"vm.started"}\n\n: nothing new\nid: a-2\n\n';
  const wanted = [{ id: 'a-1', data: '{"type":"vm.started"}' }, { id: 'a-2' }];
  t.strictSame(await read(text), wanted);
  for (let at = 1; at < text.length; at++)
    t.strictSame(await read(text.slice(0, at), text.slice(at)), wanted, `cut at ${at}`);
});

await t.test('what has not come to its end is no message', async (t) => {
  t.strictSame(await read('id: a-1\ndata: {"type":'), []);
});

await t.test('each piece is a sign of life', async (t) => {
  let heard = 0;
  const body = new Blob([': nothing new\n\n']).stream();
  for await (const message of messagesOf(body, () => heard++)) t.strictSame(message, {});
  t.ok(heard > 0);
});
