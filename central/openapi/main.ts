// Writes the description of the operators' interface: a part of npm run openapi.
import { writeFileSync } from 'node:fs';
import { openApiFile } from '../http/server.ts';
import { openApiDocument } from './document.ts';

writeFileSync(openApiFile, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
