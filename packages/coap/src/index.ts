export {
  codeText,
  type Method,
  methodCodes,
  methodOf,
  responseCodeNumber,
  type ResponseCode,
  responseNames,
} from './message/code.js';
export { type CoapMessage, coapMessage, type MessageType, messageTypes } from './message/message.js';
export type { CoapOption } from './message/option-codec.js';

export { all, first, has, inOrder, without } from './option/access.js';
export { type Block, block, type BlockSize, blockSizes } from './option/block.js';
export { contentFormat } from './option/content-format.js';
export type { OptionFormat } from './option/format.js';
export { isCritical, isNoCacheKey, option, optionByNumber, type OptionDefinition } from './option/registry.js';

export {
  defaultParameters,
  type DerivedTimes,
  derivedTimes,
  type TransmissionParameters,
} from './messaging/parameters.js';
export type { CoapCounters } from './messaging/counters.js';
export type { PeerLimits } from './messaging/peer-table.js';

export type { CoapRequest, CoapResponse, RequestSettings } from './client/request.js';
export type { ServerExchange } from './server/exchange.js';
export { type ObserveIntent, type RequestParts, ServerRequest } from './server/request.js';
export type { ServerResponse } from './server/response.js';
export type { NotificationType } from './observe/observer.js';
export type { EchoOptions } from './echo/echo-guard.js';

export { CoapEndpoint, type EndpointLoad } from './endpoint/endpoint.js';
export type { CoapInput, CoapOutput } from './endpoint/events.js';
export { type CoapLimits, defaultLimits } from './endpoint/limits.js';
export type { CoapConfiguration, EndpointOptions } from './endpoint/options.js';
export {
  type PeerAwarePort,
  type SecuredSession,
  type SessionAddress,
  SessionPort,
} from './endpoint/session-port.js';
export {
  CoapTransport,
  type CoapTransportOptions,
  type GroupOptions,
  type Handler,
  type ObservationListener,
  type RequestOptions,
} from './endpoint/transport.js';
export { joinPath, splitPath } from './uri/path.js';
export { type CoapScheme, type CoapUri, parseCoapUri } from './uri/coap-uri.js';
export { type CoapDescription, describeDatagram, describeMessage } from './describe/describe.js';
