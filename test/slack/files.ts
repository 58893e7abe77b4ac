import { type Answer, type Arguments, Refused } from './refused.js';
import type { SlackStore, StoredFile } from './store.js';

/** Slack's three calls of an upload, and what can be asked of a file afterwards. */
export function fileMethods(
  store: SlackStore,
  uploadUrl: (id: string) => string,
  looksUntilReady: () => number,
) {
  const found = (id: string | undefined): StoredFile => {
    const file = store.file(id ?? '');
    if (file === undefined) throw new Refused('file_not_found');
    return file;
  };
  return {
    'files.getUploadURLExternal': (args: Arguments): Answer => {
      const length = Number(args.length);
      if (!args.filename)
        throw new Refused('invalid_arguments', ['[ERROR] missing required field: filename']);
      if (!Number.isInteger(length) || length < 1) throw new Refused('invalid_arguments', ['[ERROR] length']);
      const file: StoredFile = {
        id: store.nextId('F'),
        name: args.filename,
        length,
        bytes: null,
        complete: false,
        looksUntilReady: looksUntilReady(),
        deleted: false,
      };
      store.files.push(file);
      return { ok: true, file_id: file.id, upload_url: uploadUrl(file.id) };
    },
    'files.completeUploadExternal': (args: Arguments): Answer => {
      const files = JSON.parse(args.files ?? '[]') as { id: string; title?: string }[];
      if (files.length === 0)
        throw new Refused('invalid_arguments', ['[ERROR] missing required field: files']);
      for (const { id } of files) {
        const file = found(id);
        if (file.bytes === null) throw new Refused('file_not_found');
        file.complete = true;
      }
      return { ok: true, files: files.map(({ id, title }) => ({ id, title: title ?? '' })) };
    },
    'files.info': (args: Arguments): Answer => {
      const file = found(args.file);
      file.looksUntilReady = Math.max(0, file.looksUntilReady - 1);
      const ready = file.complete && file.looksUntilReady === 0;
      return { ok: true, file: { id: file.id, name: file.name, mimetype: ready ? 'image/png' : '' } };
    },
    'files.delete': (args: Arguments): Answer => {
      found(args.file).deleted = true;
      return { ok: true };
    },
  } satisfies Record<string, (args: Arguments) => Answer>;
}
