// npm run openapi: writes the description of the interface. With --release the one that later changes are held against
// is written too; that is done when a release is made, and at no other time.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openApiFile } from '../http/openapi.ts';
import { openApiDocument } from './document.ts';

const { values } = parseArgs({ options: { release: { type: 'boolean', default: false } } });
const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
writeFileSync(openApiFile, text);
if (values.release) {
  writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'openapi-appliance.baseline.json'), text);
}
