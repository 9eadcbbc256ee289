/** Runs `use` with a folder on a file system of its own that has room for so many bytes. */
export async function withSmallDisk(
  bytes: number,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-disk-" });
  const options = ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder];
  const { success, stderr } = await new Deno.Command("mount", { args: options }).output();
  if (!success) throw new Error(`Cannot mount: ${new TextDecoder().decode(stderr)}`);
  try {
    await use(folder);
  } finally {
    await new Deno.Command("umount", { args: [folder] }).output();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether this machine lets us do that. */
export const SMALL_DISKS: boolean = mayMount();

function mayMount(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const folder = Deno.makeTempDirSync();
  try {
    const args = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder];
    const { success } = new Deno.Command("mount", { args, stderr: "null" }).outputSync();
    if (success) new Deno.Command("umount", { args: [folder] }).outputSync();
    return success;
  } catch {
    return false;
  } finally {
    Deno.removeSync(folder);
  }
}
