import type { TransferMethod } from '@selvage/ocf';

/** Owner transfer methods as tables have them. */
export const methodWords: Readonly<Record<TransferMethod, string>> = {
  'manufacturer-certificate': 'certificate',
  'random-pin': 'PIN',
  'just-works': 'just works',
};
