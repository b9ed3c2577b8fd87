// An image that exists only inside the page (`blob:`), read there as its own address (`data:`). Goes to the page as the source
// of this one function, so it uses nothing from outside itself.

export type BlobAnswer = { ok: true; data: string } | { ok: false; code: 'page_only' | 'too_large' | 'unsupported' };

/** `maxChars`: of the address that it gives. `page_only` when the page has let go of it. */
export async function readBlob(address: string, maxChars: number): Promise<BlobAnswer> {
  try {
    const blob = await (await fetch(address)).blob();
    // Pages often say no type; by its first bytes the host finds out what it is.
    const typeless = blob.type === '' || blob.type === 'application/octet-stream';
    if (!typeless && !blob.type.startsWith('image/')) return { ok: false, code: 'unsupported' };
    if ((blob.size / 3) * 4 + 1_000 > maxChars) return { ok: false, code: 'too_large' };
    const image = typeless ? blob.slice(0, blob.size, 'image/unknown') : blob;
    return await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve({ ok: true, data: String(reader.result) });
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(image);
    });
  } catch {
    return { ok: false, code: 'page_only' };
  }
}
