// Forms with a file: one file, 2 MiB at most, in memory. Only for who is signed in, and with a token like every form.
import fastifyMultipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

const limits = { fileSize: 2 * 1024 * 1024, files: 1, fields: 5, fieldSize: 10_000, parts: 6 };

/** Its routes get a body of plain fields; `file` is the bytes, `name` what the browser calls the file. */
export async function takeFiles(scope: FastifyInstance): Promise<void> {
  await scope.register(fastifyMultipart, {
    limits,
    attachFieldsToBody: 'keyValues',
    async onFile(part) {
      Object.assign(part, { value: await part.toBuffer() });
      this.uploadName = part.filename ?? '';
    },
  });
  scope.decorateRequest('uploadName', '');
  scope.addHook('preValidation', async (request) => {
    if (typeof request.body === 'object') Object.assign(request.body ?? {}, { name: request.uploadName });
  });
}

export function isTooLarge(code: string | undefined): boolean {
  return code === 'FST_REQ_FILE_TOO_LARGE' || code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT';
}

declare module 'fastify' {
  interface FastifyRequest {
    uploadName: string;
  }
}
