import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import { follow, operationIn } from '../live/operations.js';
import { readChanged, type Vm } from '../live/vms.js';
import { FormDialog } from '../ui/dialog.js';

interface UnplugProps {
  vm: Vm;
  nic: Schemas['Nic'];
  onClose: () => void;
}

/** Takes a NIC away, once that was asked; the guest of a running VM has to let it go. */
export function Unplug({ vm, nic, onClose }: UnplugProps) {
  const unplug = async (): Promise<void> => {
    const path = { vm: vm.uuid, mac: nic.mac };
    const answer = await dataOf(api.DELETE('/v1/vms/{vm}/nics/{mac}', { params: { path } }));
    follow(operationIn(answer));
    if (operationIn(answer) === undefined) await readChanged(vm);
  };
  return (
    <FormDialog
      title={`Unplug ${nic.mac} from ${vm.name}?`}
      action="Unplug"
      danger
      onClose={onClose}
      submit={unplug}
    >
      <p>
        {vm.state === 'running'
          ? 'The guest is asked to let it go, and loses what goes over it. '
          : 'It is taken out of the definition. '}
        A NIC that is plugged later is another one.
      </p>
    </FormDialog>
  );
}
