import type { MessageDescription } from '@selvage/dtls';
import type { MeetingOptions } from '../meeting.js';
import type { Party } from '../show.js';
import type { Stage } from './stage.js';

/** The parts of a meeting that draw it as it happens, between a guest on the left and the commissioner on the right. */
export function drawn(
  { show, surface }: Stage,
  guest: Party,
): Required<Pick<MeetingOptions, 'onAddresses' | 'onMessage'>> {
  let begun = surface.clock.now();
  return {
    onAddresses(guestAddress, hostAddress) {
      begun = surface.clock.now();
      const addresses = [guestAddress.key, hostAddress.key];
      show.tell({ event: 'lanes', left: guest, right: 'commissioner', addresses });
    },
    onMessage(direction, message: MessageDescription) {
      const [from, to]: [Party, Party] = direction === 'sent' ? [guest, 'commissioner'] : ['commissioner', guest];
      const { name, length, epoch, fields, again } = message;
      const milliseconds = surface.clock.now() - begun;
      const [isProtected, isRepeated] = [epoch > 0, again === true];
      show.tell({ event: 'message', from, to, milliseconds, name, length, isProtected, isRepeated, fields });
    },
  };
}
