import { isIPv6 } from 'node:net';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type OpenApi, type Operation, step } from './document.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** What the document says of requests and answers, asked of the document itself by Ajv. */
export class Schemas {
  readonly #strict: Ajv2020;
  readonly #strings: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    const options = {
      strict: false,
      allErrors: false,
      formats: { uuid, 'date-time': dateTime, ipv6: isIPv6 },
    };
    this.#strict = new Ajv2020(options);
    this.#strings = new Ajv2020({ ...options, coerceTypes: true });
    for (const ajv of [this.#strict, this.#strings]) ajv.addSchema(document, 'openapi');
  }

  /** What is wrong with an answer's JSON; undefined where nothing is. */
  answer({ pointer }: Operation, status: string, mediaType: string, value: unknown): string | undefined {
    return this.#check(
      this.#strict,
      `${pointer}/responses/${status}/content${step(mediaType)}/schema`,
      value,
    );
  }

  /** What is wrong with a JSON body. */
  body({ pointer }: Operation, value: unknown): string | undefined {
    return this.#check(
      this.#strict,
      `${pointer}/requestBody/content${step('application/json')}/schema`,
      value,
    );
  }

  /** What is wrong with a parameter, which has only text, or several. */
  parameter({ pointer }: Operation, index: number, value: string | string[]): string | undefined {
    return this.#check(this.#strings, `${pointer}/parameters/${index}/schema`, value);
  }

  problem(value: unknown): string | undefined {
    return this.#check(this.#strict, '/components/schemas/Problem', value);
  }

  #check(ajv: Ajv2020, pointer: string, value: unknown): string | undefined {
    const key = `${ajv === this.#strict ? '' : 'strings '}${pointer}`;
    let validate = this.#compiled.get(key);
    if (!validate) {
      validate = ajv.compile({ $ref: `openapi#${encodeURI(pointer)}` });
      this.#compiled.set(key, validate);
    }
    // what is coerced is written where it was found
    if (validate({ value }.value)) return undefined;
    const [first] = validate.errors ?? [];
    return `${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'} ${JSON.stringify(first?.params)}`;
  }
}
