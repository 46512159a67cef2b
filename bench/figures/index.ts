/** Every figure, in the order of the table. */
import type { Figure } from '../figure.js';
import { boot } from './boot.js';
import { ccmFrame } from './ccm-frame.js';
import { coap } from './coap.js';
import { device } from './device.js';
import { energy } from './energy.js';
import { handshakes } from './handshakes.js';
import { memory } from './memory.js';
import { ocf } from './ocf.js';
import { record } from './record.js';
import { sim } from './sim.js';
import { threadDatagram } from './thread-datagram.js';
import { threadForm } from './thread-form.js';
import { threadForward } from './thread-forward.js';
import { threadHeal } from './thread-heal.js';
import { threadIp6 } from './thread-ip6.js';
import { threadJoin } from './thread-join.js';
import { threadJoinGrid } from './thread-join-grid.js';
import { threadLink } from './thread-link.js';
import { threadNode } from './thread-node.js';
import { vault } from './vault.js';

export const figures: readonly Figure[] = [
  ...handshakes,
  record,
  ccmFrame,
  memory,
  ...coap,
  ...threadDatagram,
  ...threadLink,
  ...threadIp6,
  ...threadNode,
  threadHeal,
  ...threadForm,
  ...threadJoin,
  ...threadJoinGrid,
  ...energy,
  threadForward,
  ...sim,
  ...ocf,
  ...boot,
  ...vault,
  ...device,
];
