// Makes a VM with a filtered NIC, waits until the kernel enforces its filter, shows the verdict, and removes the VM.
// With the client of this package, in a checkout that is built:
//   VIRTWARDEN_TOKEN=… npx tsx examples/filtered-vm.ts
// VIRTWARDEN_API_URL says where the service is, BRIDGE where the NIC is plugged.
import { setTimeout as sleep } from 'node:timers/promises';
import { createVirtwardenClient, type Problem, type Schemas } from 'virtwarden/client';

const { VIRTWARDEN_API_URL: baseUrl, VIRTWARDEN_TOKEN: token, BRIDGE: bridge = 'br0' } = process.env;
const client = createVirtwardenClient({ baseUrl, token });

/** What the service answers. @throws Error with its problem as the cause */
async function answer<T>(call: Promise<{ data?: T; error?: Problem }>): Promise<T> {
  const { data, error } = await call;
  if (!error) return data as T;
  const errors = error.errors?.map(({ path, message }) => `\n  ${path}: ${message}`) ?? [];
  throw new Error(`${error.title}: ${error.detail}${errors.join('')}`, { cause: error });
}

async function enforced(vm: string, mac: string): Promise<Schemas['Enforcement']> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const params = { path: { vm, mac } };
    const verdict = await answer(client.GET('/v1/vms/{vm}/nics/{mac}/enforcement', { params }));
    if (verdict.status === 'enforced') return verdict;
    if (Date.now() > deadline) throw new Error(`${mac} is ${verdict.status}`, { cause: verdict.findings });
    await sleep(500);
  }
}

const name = `example-typescript-${process.pid}`;
const nics = [{ source: { type: 'bridge', bridge } } satisfies Schemas['NicInput']];
try {
  const vm = await answer(client.POST('/v1/vms', { body: { name, memoryMiB: 128, start: true, nics } }));
  try {
    for (const { mac } of vm.nics) {
      const { desired, rules } = await enforced(name, mac);
      console.log(`${mac} is enforced: ${desired.join(',')}, ${rules.length} rules`);
    }
  } finally {
    await answer(client.DELETE('/v1/vms/{vm}', { params: { path: { vm: name }, query: { force: true } } }));
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
