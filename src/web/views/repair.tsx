import { dataOf } from '../api/answer.js';
import { api } from '../api/client.js';
import { may } from '../api/session.js';
import { follow, operationIn } from '../live/operations.js';
import { hostVerdict, type Verdict } from '../live/verdicts.js';
import { FailureNote } from '../ui/failure.js';
import { useAction } from '../ui/use-action.js';

/** Puts the whole host right, where something is not. */
export function RepairAll() {
  const { busy, failure, run } = useAction();
  const wrong = hostVerdict.value;
  if (!may('operator') || !wrong || (wrong.counts.drifted === 0 && wrong.findings.length === 0)) return null;
  const repair = async (): Promise<void> =>
    follow(operationIn(await dataOf(api.POST('/v1/enforcement/repair'))));
  return (
    <div class="actions">
      <button type="button" class="primary" disabled={busy} onClick={() => run(repair)}>
        Repair all
      </button>
      <FailureNote failure={failure} />
    </div>
  );
}

interface RepairProps {
  vm: string;
  mac: string;
  onRepaired: (verdict: Verdict) => void;
}

/** Puts one NIC right. */
export function Repair({ vm, mac, onRepaired }: RepairProps) {
  const { busy, failure, run } = useAction();
  const repair = async (): Promise<void> =>
    onRepaired(
      await dataOf(api.POST('/v1/vms/{vm}/nics/{mac}/enforcement/repair', { params: { path: { vm, mac } } })),
    );
  return (
    <>
      <button type="button" class="primary" disabled={busy} onClick={() => run(repair)}>
        Repair
      </button>
      <FailureNote failure={failure} />
    </>
  );
}
