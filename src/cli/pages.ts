// Reads a list page by page, up to as many as were asked for.

const pageSize = 500;

interface Page<Item> {
  readonly read: readonly Item[];
  /** null: the end. */
  readonly nextCursor: string | null;
}

export async function readPages<Item>(
  most: number,
  read: (page: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: Math.min(most - items.length, pageSize), cursor });
    items.push(...page.read);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}
