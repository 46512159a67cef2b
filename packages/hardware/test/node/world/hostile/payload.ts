import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const source = (path: string) => fileURLToPath(new URL(`../../../../../${path}`, import.meta.url));

/** The hostile firmware as an image would carry it: one CommonJS text, from the sources. */
export async function hostilePayload(): Promise<Uint8Array> {
  const { output } = await build({
    input: fileURLToPath(new URL('firmware.ts', import.meta.url)),
    platform: 'node',
    resolve: {
      alias: {
        '@selvage/core/node': source('core/src/node/index.ts'),
        '@selvage/core': source('core/src/index.ts'),
        '@selvage/crypto': source('crypto/src/index.ts'),
        '@selvage/hardware': source('hardware/src/index.ts'),
        '@selvage/pki': source('pki/src/index.ts'),
      },
    },
    treeshake: { moduleSideEffects: (id: string) => id.endsWith('firmware.ts') },
    output: { format: 'cjs', codeSplitting: false, banner: 'const hostRequire = require;' },
    write: false,
    logLevel: 'silent',
  });
  return new TextEncoder().encode(output[0].code);
}
