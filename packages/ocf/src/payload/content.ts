import { type CoapOption, contentFormat, option } from '@selvage/coap';

/** The one Content-Format of OCF, `application/vnd.ocf+cbor`. */
export const ocfContentFormat = contentFormat.ocfCbor;

/** The version of that format that is spoken: 1.0.0, five bits of major number, six of minor and five of sub number. */
export const ocfContentFormatVersion = 2048;

/** What a message with a payload says of the payload's version, made once for all. */
export const contentVersionOption: CoapOption = option.ocfContentFormatVersion.of(ocfContentFormatVersion);

/** What a request says of the versions it reads. */
export const acceptVersionOption: CoapOption = option.ocfAcceptContentFormatVersion.of(ocfContentFormatVersion);

/** The options beyond RFC 7252's that every endpoint of OCF understands, for the transport's `understands`. */
export const ocfOptions = [option.ocfAcceptContentFormatVersion, option.ocfContentFormatVersion];
