/** A message of a stream of server-sent events. */
export interface Message {
  id?: string;
  data?: string;
}

/** What stands in one block; a comment that names an id tells where the stream is. */
export function messageIn(block: string): Message {
  const message: Message = {};
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(\w*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'id') message.id = value;
    if (field === 'data') data.push(value);
  }
  return data.length > 0 ? { ...message, data: data.join('\n') } : message;
}

/** The messages of a stream as they come; `heard` is told of each sign of life. */
export async function* messagesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  heard: () => void,
): AsyncGenerator<Message> {
  let text = '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield messageIn(block);
  }
}
