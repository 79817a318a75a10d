import { printFile } from './tap-print.mjs';

/** Gathers the assertions and comments below one test; the one that closes a subtest only repeats its outcome and is left out. */
function gather(parser, path, { assertions, comments }) {
  let closes = false;
  parser.on('child', (child) => {
    closes = true;
    gather(child, [...path, child.name], { assertions, comments });
  });
  parser.on('assert', (result) => {
    if (closes) closes = false;
    else assertions.push({ ...result, path: [...path, result.name] });
  });
  parser.on('bailout', (reason) => assertions.push({ ok: false, path: [...path, `bailed out: ${reason}`] }));
  parser.on('comment', (comment) => comments.push(comment.trim()));
}

/** What came of one test file, whose assertions were gathered and whose own result tap gives. */
function judge({ name, assertions, comments, printed }, result) {
  const failures = assertions.filter(({ ok, todo }) => !ok && !todo);
  const skipped = assertions.filter(({ skip }) => skip);
  const passed = assertions.filter(({ ok, skip, todo }) => ok && !skip && !todo).length;
  // tap lets a file that ran nothing pass. And one can fail with no failed assertion, by how its process ended.
  let fault;
  if (result.diag?.expired) fault = 'it did not end in time';
  else if (assertions.length === 0) fault = 'no test ran';
  else if (!result.ok && failures.length === 0) fault = 'the file failed after its tests';
  const failed = failures.length + (fault ? 1 : 0);
  return {
    name: name ?? result.name,
    seconds: (result.time ?? 0) / 1000,
    passed,
    failed,
    failures,
    skipped,
    fault,
    comments,
    printed,
    end: result.diag,
  };
}

/**
 * Reads a TAP stream of test files, prints each file's outcome when it is known, and counts.
 * @returns how many assertions passed and failed
 */
export async function report(stream) {
  const { Parser } = await import('tap-parser');
  const parser = new Parser();
  const total = { passed: 0, failed: 0 };
  let file;
  const next = (name) => (file = { name, assertions: [], comments: [], printed: [] });
  next();
  parser.on('child', (child) => gather(child, [], next(child.name)));
  // What a file prints reaches the root, too.
  parser.on('extra', (line) => file.printed.push(line));
  parser.on('assert', (result) => {
    const outcome = judge(file, result);
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    printFile(outcome);
    next();
  });
  await new Promise((resolve) => {
    parser.on('complete', resolve);
    stream.pipe(parser);
  });
  return total;
}
