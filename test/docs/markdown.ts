import GithubSlugger from 'github-slugger';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';

/** The tokens of a page, those within others too. */
function tokensOf(markdown: string): Token[] {
  const found: Token[] = [];
  void walkTokens(lexer(markdown), (token) => void found.push(token));
  return found;
}

/** A text as it is read, without the marks around it. */
function plain(token: Token): string {
  if ('tokens' in token && token.tokens) return token.tokens.map(plain).join('');
  return 'text' in token ? String(token.text) : '';
}

/** Where the links and images of a page lead. */
export const linksOf = (markdown: string): string[] =>
  tokensOf(markdown).flatMap((token) =>
    token.type === 'link' || token.type === 'image' ? [String(token.href)] : [],
  );

/** What of a page can be linked to, as GitHub names it. */
export function anchorsOf(markdown: string): string[] {
  const slugger = new GithubSlugger();
  return tokensOf(markdown).flatMap((token) =>
    token.type === 'heading' ? [slugger.slug(plain(token))] : [],
  );
}

/** The blocks of code of a language that a section has, by the words of its heading. */
export function codeIn(markdown: string, heading: string, language: string): string[] {
  const tokens = lexer(markdown);
  const from = tokens.findIndex((token) => token.type === 'heading' && plain(token) === heading);
  if (from < 0) throw new Error(`there is no heading "${heading}"`);
  const depth = (token: Token | undefined): number =>
    token?.type === 'heading' ? Number(token.depth) : Infinity;
  const length = tokens.slice(from + 1).findIndex((token) => depth(token) <= depth(tokens[from]));
  return tokens
    .slice(from + 1, length < 0 ? undefined : from + 1 + length)
    .flatMap((token) => (token.type === 'code' && token.lang === language ? [String(token.text)] : []));
}

/** The rows of the first table of a page whose heading begins with this cell, each cell as it is read. */
export function tableOf(markdown: string, first: string): string[][] {
  const tables = tokensOf(markdown).filter((token): token is Tokens.Table => token.type === 'table');
  const table = tables.find(({ header }) => header[0]?.text === first);
  if (!table) throw new Error(`there is no table of "${first}"`);
  return table.rows.map((row) => row.map(({ tokens }) => tokens.map(plain).join('')));
}
