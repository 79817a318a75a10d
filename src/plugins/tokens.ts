import fp from 'fastify-plugin';

/** How often it is written down when tokens were last used, ms. */
const noteMs = 60_000;

/** Writes down when tokens were last used, and cuts off those who read by one that holds no longer. */
export default fp(
  (app, _options, done) => {
    const note = async (): Promise<void> => {
      await app.tokens.noteUse().catch((error: unknown) => {
        app.log.warn({ err: error }, 'when tokens were last used could not be written down');
      });
    };
    const timer = setInterval(() => void note(), noteMs);
    app.tokens.on('revoked', () => app.eventReaders.cutOff());
    app.addHook('onClose', async () => {
      clearInterval(timer);
      await note();
    });
    done();
  },
  { name: 'tokens', dependencies: ['access', 'events'] },
);
