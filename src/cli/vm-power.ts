import type { Schemas } from '../client/index.js';
import { wholeNumber } from './body.js';
import { answerOf } from './client.js';
import { finished, showOperation, waitSeconds } from './operation.js';
import { print, warn } from './output.js';
import { throughService } from './reach.js';
import { clientArguments } from './settings.js';
import { demandNames } from './verbs.js';

/** Says in which state a VM is. */
export function showState(vm: Schemas['Vm'], json: boolean): void {
  if (json) print(vm, true);
  else console.log(`${vm.name} ${vm.state}`);
}

/** `vm start VM [--paused]`. */
export async function start(args: string[]): Promise<void> {
  const command = clientArguments(args, { paused: { type: 'boolean' } });
  const [vm] = demandNames('vm start', command, 'VM');
  const params = { path: { vm }, query: { paused: command.flags.paused } };
  const started = await throughService(command, (api) =>
    answerOf(api.POST('/v1/vms/{vm}/start', { params })),
  );
  showState(started, command.json);
}

/** `vm stop VM`, and others that are asked in the same way. */
export const act =
  (action: 'stop' | 'suspend' | 'resume' | 'reset' | 'reboot') =>
  async (args: string[]): Promise<void> => {
    const command = clientArguments(args, {});
    const [vm] = demandNames(`vm ${action}`, command, 'VM');
    const acted = await throughService(command, (api) =>
      answerOf(api.POST(`/v1/vms/{vm}/${action}`, { params: { path: { vm } } })),
    );
    showState(acted, command.json);
  };

/** `vm shutdown VM [--timeout SECONDS] [--wait]`: the guest is asked to, which takes as long as it takes. */
export async function shutdown(args: string[]): Promise<void> {
  const command = clientArguments(args, { timeout: { type: 'string' }, wait: { type: 'boolean' } });
  const [vm] = demandNames('vm shutdown', command, 'VM');
  const { wait } = command.flags;
  const query = {
    timeout: wholeNumber('--timeout', command.flags.timeout),
    ...(wait && { wait: waitSeconds }),
  };
  const operation = await throughService(command, async (api) => {
    const params = { path: { vm }, query };
    const begun = await answerOf(api.POST('/v1/vms/{vm}/shutdown', { params }));
    return wait ? finished(api, begun) : begun;
  });
  showOperation(operation, command.json);
}

/** `vm delete VM [--force] [--volumes]`. */
export async function remove(args: string[]): Promise<void> {
  const command = clientArguments(args, { force: { type: 'boolean' }, volumes: { type: 'boolean' } });
  const [vm] = demandNames('vm delete', command, 'VM');
  const { force, volumes } = command.flags;
  await throughService(command, (api) =>
    answerOf(api.DELETE('/v1/vms/{vm}', { params: { path: { vm }, query: { force, volumes } } })),
  );
  if (!command.json) warn(`the VM ${vm} is deleted.`);
}
