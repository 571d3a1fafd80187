import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Make `owner` the owner of a directory and all it holds; only root may give anything away. */
export async function giveTo(directory: string, owner: Owner): Promise<void> {
  if ((await lstat(directory)).uid === owner.uid) return;

  for (const name of await readdir(directory, { recursive: true })) {
    await lchown(join(directory, name), owner.uid, owner.gid);
  }
  // The directory itself comes last, so that its owner tells whether all of it was given.
  await lchown(directory, owner.uid, owner.gid);
}
