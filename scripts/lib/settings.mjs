import { readFileSync } from 'node:fs';

const flag = (args, name) => {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return args[at].includes('=') ? args[at].slice(name.length + 1) : args[at + 1];
};

/** The settings file's word, if it can be read: the service itself complains when it is wrong. */
function fromFile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).uri;
  } catch {
    return undefined;
  }
}

/** Whether the service that gets these arguments will talk to this machine's own libvirt. */
export function usesLocalLibvirt(args, env = process.env) {
  const file = env.VIRTWARDEN_CONFIG ?? flag(args, '--config') ?? '/etc/virtwarden/virtwarden.json';
  const uri = env.VIRTWARDEN_URI ?? flag(args, '--uri') ?? fromFile(file) ?? 'qemu:///system';
  return uri === 'qemu:///system';
}
