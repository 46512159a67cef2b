/** Content-Formats, RFC 7252 §12.3 and the registry it made. */
export const contentFormat = {
  text: 0,
  linkFormat: 40,
  xml: 41,
  octetStream: 42,
  json: 50,
  jsonPatch: 51,
  mergePatch: 52,
  cbor: 60,
  cwt: 61,
  senmlJson: 110,
  senmlCbor: 112,
  /** `application/vnd.ocf+cbor`, the one of OCF. */
  ocfCbor: 10000,
} as const;
