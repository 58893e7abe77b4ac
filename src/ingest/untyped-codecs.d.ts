declare module 'snappyjs' {
  const snappy: { uncompress(packed: Uint8Array): Uint8Array };
  export default snappy;
}

declare module 'lz4js' {
  const lz4: { decompress(packed: Uint8Array): Uint8Array };
  export default lz4;
}
