import type { JoinStep } from '@selvage/thread';

/** What a joiner does at each step of its join. */
export const joinStepWords: Readonly<Record<JoinStep, string>> = {
  discovery: 'asks on each channel who expects it (Discovery Request)',
  petition: 'waits for the commissioner',
  handshake: 'proves its passphrase to the commissioner (DTLS handshake)',
  finalisation: 'says who it is (JOIN_FIN)',
  entrust: 'is accepted, and waits for the network key (JOIN_ENT)',
  attachment: 'attaches (Parent Request)',
};
