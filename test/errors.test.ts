import * as lv from 'node-libvirt';
import t from 'tap';
import {
  fieldProblem,
  isConnectionLoss,
  isNotFound,
  libvirtCause,
  Problem,
  type ProblemType,
  toProblem,
} from '../src/errors.js';

function libvirtError(code: number, domain: number = lv.VIR_FROM_QEMU): lv.LibvirtError {
  return new lv.LibvirtError('what libvirt says', { code, domain, level: 2, call: 'virSomething' });
}

const problems: [code: number, domain: number, type: ProblemType, status: number][] = [
  [lv.VIR_ERR_NO_DOMAIN, lv.VIR_FROM_QEMU, 'vm-not-found', 404],
  [lv.VIR_ERR_NO_NETWORK, lv.VIR_FROM_NETWORK, 'source-not-found', 422],
  [lv.VIR_ERR_NO_STORAGE_POOL, lv.VIR_FROM_STORAGE, 'volume-not-found', 422],
  [lv.VIR_ERR_NO_STORAGE_VOL, lv.VIR_FROM_STORAGE, 'volume-not-found', 422],
  [lv.VIR_ERR_OPERATION_INVALID, lv.VIR_FROM_QEMU, 'vm-state-conflict', 409],
  [lv.VIR_ERR_INTERNAL_ERROR, lv.VIR_FROM_QEMU, 'libvirt-refused', 422],
  [lv.VIR_ERR_OPERATION_FAILED, lv.VIR_FROM_QEMU, 'libvirt-refused', 422],
  [lv.VIR_ERR_XML_ERROR, lv.VIR_FROM_DOMAIN, 'libvirt-refused', 422],
  [lv.VIR_ERR_CONFIG_UNSUPPORTED, lv.VIR_FROM_QEMU, 'libvirt-refused', 422],
  [lv.VIR_ERR_SYSTEM_ERROR, lv.VIR_FROM_QEMU, 'libvirt-refused', 422],
  [lv.VIR_ERR_NO_SUPPORT, lv.VIR_FROM_NWFILTER, 'libvirt-unsupported', 501],
  [lv.VIR_ERR_ACCESS_DENIED, lv.VIR_FROM_ACCESS, 'libvirt-denied', 502],
  [lv.VIR_ERR_OPERATION_DENIED, lv.VIR_FROM_DOMAIN, 'libvirt-denied', 502],
  [lv.VIR_ERR_AUTH_FAILED, lv.VIR_FROM_AUTH, 'libvirt-denied', 502],
  // the daemon reports authentication from its RPC code
  [lv.VIR_ERR_AUTH_FAILED, lv.VIR_FROM_RPC, 'libvirt-denied', 502],
  [lv.VIR_ERR_AUTH_UNAVAILABLE, lv.VIR_FROM_RPC, 'libvirt-denied', 502],
  [lv.VIR_ERR_OPERATION_TIMEOUT, lv.VIR_FROM_QEMU, 'libvirt-timeout', 504],
  [lv.VIR_ERR_AGENT_UNRESPONSIVE, lv.VIR_FROM_QEMU, 'libvirt-timeout', 504],
  [lv.VIR_ERR_SYSTEM_ERROR, lv.VIR_FROM_RPC, 'libvirt-unavailable', 503],
  [lv.VIR_ERR_INTERNAL_ERROR, lv.VIR_FROM_RPC, 'libvirt-unavailable', 503],
  [lv.VIR_ERR_RPC, lv.VIR_FROM_REMOTE, 'libvirt-unavailable', 503],
  [lv.VIR_ERR_NO_CONNECT, lv.VIR_FROM_NONE, 'libvirt-unavailable', 503],
  [lv.VIR_ERR_INVALID_CONN, lv.VIR_FROM_NONE, 'libvirt-unavailable', 503],
];
for (const [code, domain, type, status] of problems) {
  const error = libvirtError(code, domain);
  await t.test(`${error.codeName} of ${error.domainName} is ${type}`, (t) => {
    const problem = toProblem(error);
    t.match(problem, { type, status });
    t.equal(isConnectionLoss(error), type === 'libvirt-unavailable');
    t.equal(libvirtCause(problem), error, 'libvirt’s own error stays behind it');
    t.end();
  });
}

await t.test('libvirt’s words are told, except of a lost connection', (t) => {
  t.equal(toProblem(libvirtError(lv.VIR_ERR_INTERNAL_ERROR))?.message, 'what libvirt says');
  t.match(toProblem(libvirtError(lv.VIR_ERR_NO_CONNECT))?.message, /connection to libvirt was lost/);
  t.end();
});

await t.test('a handle that was closed is a lost connection', (t) => {
  t.match(toProblem(new lv.ClosedError()), { type: 'libvirt-unavailable', status: 503 });
  t.end();
});

await t.test('what nobody foresaw is no problem with a detail to tell', (t) => {
  for (const error of [new Error('x'), new TypeError('x'), 'x', undefined, libvirtError(99_999)]) {
    t.equal(toProblem(error), undefined);
    t.equal(isConnectionLoss(error), false);
  }
  t.end();
});

await t.test('a problem stays what it is', (t) => {
  const problem = fieldProblem('mac-in-use', '/nics/0/mac', 'is in use');
  t.equal(toProblem(problem), problem);
  t.match(problem, {
    status: 409,
    message: '/nics/0/mac is in use.',
    errors: [{ path: '/nics/0/mac', message: 'is in use' }],
  });
  t.equal(libvirtCause(problem), undefined);
  t.end();
});

await t.test('libvirt’s error is found however deep', (t) => {
  const deep = libvirtError(lv.VIR_ERR_NO_DOMAIN);
  t.equal(libvirtCause(new Problem('internal-error', 'x', { cause: new Error('y', { cause: deep }) })), deep);
  t.end();
});

await t.test('not found is told by the code alone', (t) => {
  t.equal(isNotFound(libvirtError(lv.VIR_ERR_NO_NWFILTER), lv.VIR_ERR_NO_NWFILTER), true);
  t.equal(isNotFound(libvirtError(lv.VIR_ERR_NO_DOMAIN), lv.VIR_ERR_NO_NWFILTER), false);
  t.equal(isNotFound(new lv.ClosedError(), lv.VIR_ERR_NO_NWFILTER), false);
  t.end();
});
