import { existsSync, readFileSync } from 'node:fs';
import { Connection } from 'node-libvirt';
import { isConnectionLoss, Problem, toProblem } from '../errors.js';
import {
  type DefineResult,
  defineFilter,
  readShippedFilters,
  type ShippedFilter,
} from '../filtering/shipped.js';
import { filterFromLibvirt, filterFromXml } from '../nwfilter/from-xml.js';
import { type Filter, isRef } from '../nwfilter/model.js';
import { isSameFilter } from '../nwfilter/same.js';
import { filterToXml } from '../nwfilter/to-xml.js';
import { checkReferences } from '../nwfilters/check.js';
import { type FilterFacts, readFacts } from '../nwfilters/read.js';
import { CommandError, exitCode } from './exit.js';
import { print } from './output.js';
import { nwfilterArguments } from './settings.js';

type Finding = DefineResult | 'missing' | 'differs' | 'same';

/** The filter of a shipped name, or of a file. @throws CommandError, Problem */
function readNamed(nameOrFile: string, shipped: readonly ShippedFilter[]): Filter {
  const known = shipped.find(({ name }) => name === nameOrFile);
  if (known) return filterFromXml(known.xml);
  if (existsSync(nameOrFile)) return filterFromXml(readFileSync(nameOrFile, 'utf8'));
  const names = shipped.map(({ name }) => name).join(', ');
  throw new CommandError(
    'wrongUse',
    `There is no shipped filter and no file ${nameOrFile}; shipped are ${names}.`,
  );
}

function compare({ xmls }: FilterFacts, filter: Filter): Finding {
  const xml = xmls.get(filter.name);
  if (xml === undefined) return 'missing';
  return isSameFilter(filterFromLibvirt(xml), filter) ? 'same' : 'differs';
}

/** Brings a filter onto libvirt, whose others it may refer to. @throws Problem, LibvirtError */
async function bring(connection: Connection, filter: Filter): Promise<DefineResult> {
  checkReferences(await readFacts(connection), filter);
  const { name, entries } = filter;
  const references = entries.flatMap((entry) => (isRef(entry) ? [entry.ref] : []));
  return defineFilter(connection, { name, xml: filterToXml(filter), references });
}

async function connect(uri: string): Promise<Connection> {
  try {
    return await Connection.open(uri);
  } catch (error) {
    throw new CommandError(
      'unreachable',
      `libvirt at ${uri} cannot be reached: ${(error as Error).message}.`,
      {
        cause: error,
      },
    );
  }
}

/** What libvirt or a check says, as the command's own word. */
function asCommandError(error: unknown): unknown {
  if (isConnectionLoss(error))
    return new CommandError('unreachable', 'The connection to libvirt was lost.', { cause: error });
  const problem = toProblem(error);
  const isInput = error instanceof Problem && error.status < 500;
  return problem && isInput ? new CommandError('wrongUse', problem.message, { cause: error }) : error;
}

/**
 * `virtwarden nwfilter define [--check] [NAME|FILE…]`: brings the shipped filters, or the named, onto libvirt itself; with
 * --check it only says what differs.
 * @throws CommandError, SettingsError, LibvirtError
 */
export async function nwfilter(args: string[]): Promise<void> {
  const { settings, positionals, json, check } = nwfilterArguments(args);
  const [verb, ...named] = positionals;
  if (verb !== 'define')
    throw new CommandError('wrongUse', 'nwfilter wants define [--check] [NAME|FILE ...].');
  try {
    const shipped = readShippedFilters();
    const wanted = named.length > 0 ? named : shipped.map(({ name }) => name);
    const filters = wanted.map((one) => readNamed(one, shipped));
    await using connection = await connect(settings.uri);
    const found: Record<string, Finding> = {};
    for (const filter of filters) {
      found[filter.name] = check
        ? compare(await readFacts(connection), filter)
        : await bring(connection, filter);
    }
    print(found, json);
    if (check && Object.values(found).some((finding) => finding !== 'same'))
      process.exitCode = exitCode.found;
  } catch (error) {
    throw asCommandError(error);
  }
}
