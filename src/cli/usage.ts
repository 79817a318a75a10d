import { envName, flagName, settingNames, SettingsSchema } from '../config.js';

export function usage(): string {
  const settings = settingNames.map((name) => {
    const { description, default: byDefault } = SettingsSchema.properties[name] as {
      description?: string;
      default?: string | string[];
    };
    const value =
      byDefault === undefined || byDefault.length === 0 ? '' : ` [${[byDefault].flat().join(':')}]`;
    return `  --${flagName(name).padEnd(18)} ${envName(name).padEnd(27)} ${description ?? ''}${value}`;
  });
  return [
    'usage: virtwarden serve [--SETTING VALUE ...]   run the service',
    '       virtwarden config get [KEY]              show the policy',
    '       virtwarden config set KEY=VALUE ...      change it; a list is separated by commas',
    '       virtwarden nwfilter define [NAME|FILE ...]',
    '                                                bring shipped filters, or those of files, onto libvirt',
    '       virtwarden nwfilter define --check [...] only say what differs; exit code 1 if anything does',
    '       virtwarden enforcement [--repair]        what the kernel enforces; exit code 1 if any NIC is drifted',
    '       virtwarden vm list [--state STATE] [--name NAME]',
    '       virtwarden vm show VM',
    '       virtwarden vm create NAME --memory MIB [--vcpus N] [--bridge BRIDGE ...] [--network NETWORK ...]',
    '                     [--disk PATH ...] [--cdrom PATH] [--kernel PATH [--initrd PATH] [--cmdline TEXT]]',
    '                     [--description TEXT] [--autostart] [--start]',
    '       virtwarden vm create [NAME] --file FILE|-  of JSON, as POST /v1/vms takes it; flags win',
    '       virtwarden vm start VM [--paused]',
    '       virtwarden vm shutdown VM [--timeout SECONDS] [--wait]',
    '                                                ask the guest to shut down; --wait: until it has',
    '       virtwarden vm stop VM                    pull its plug',
    '       virtwarden vm reboot|reset|suspend|resume VM',
    '       virtwarden vm migrate VM URI [--url URL --url-token-file FILE] [--not-live] [--post-copy] [--peer-to-peer]',
    '                     [--tls] [--bandwidth MIB/S] [--max-downtime MS] [--copy-storage all|incremental]',
    '                     [--replace-filters] [--wait]  move it to the libvirt at URI, whose virtwarden is at URL',
    '       virtwarden vm delete VM [--force] [--volumes]',
    '                                                --force: even if it runs; --volumes: with those that were made for it',
    '       virtwarden nic list VM',
    '       virtwarden nic show VM MAC',
    '       virtwarden nic plug VM --bridge BRIDGE|--network NETWORK [--mac MAC] [--model MODEL] [FILTERING ...]',
    '       virtwarden nic update VM MAC FILTERING ...',
    '                                                FILTERING: --link up|down, --filter NAME ..., --no-filters,',
    '                                                --parameter NAME=VALUE ..., --trust REASON [--expires 30d|12h|TIME]',
    '       virtwarden nic unplug VM MAC [--wait]    --wait: until the guest has let it go',
    '       virtwarden nic enforcement VM MAC [--repair]',
    '                                                the verdict of one NIC; exit code 1 if it is drifted',
    '       virtwarden token create NAME --role viewer|operator|admin [--trust] [--expires 30d|12h|TIME]',
    '                                                make a token and show it, once; --trust: it may leave NICs unfiltered',
    '       virtwarden token list                    whose there are, until when, when last used',
    '       virtwarden token revoke NAME|ID          it lets nobody in from now on',
    '       virtwarden health                        whether the service answers',
    '       virtwarden --version | --help',
    '',
    'All but serve and nwfilter ask the service; config and token work on its state directory while it is down:',
    '  --json                                         answer in JSON; so does nwfilter',
    '  --token-file         VIRTWARDEN_TOKEN_FILE       where the token is, else VIRTWARDEN_TOKEN, else the admin token file',
    '',
    'Exit codes: 0 done, 1 found something or failed, 2 wrong use, 3 cannot reach libvirt or the service.',
    '',
    'Settings: an environment variable, a flag, or a key of the settings file, the first that is there',
    '(--config FILE or VIRTWARDEN_CONFIG, else /etc/virtwarden/virtwarden.json):',
    ...settings,
  ].join('\n');
}
