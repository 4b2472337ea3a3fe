import type { AsyncBuffer, ColumnMetaData } from 'hyparquet';
import { DataPage } from './parquet-data-page';
import type { Leaf } from './parquet-data-page';
import { pageDictionary } from './parquet-dictionary';
import { ChunkPages } from './parquet-pages';
import type { PlacedPage } from './parquet-pages';
import type { Dictionary } from './parquet-values';

export interface LeafChunk {
  readonly file: AsyncBuffer;
  readonly leaf: Leaf;
  readonly meta: ColumnMetaData;
  /** Of an unpacked page, and of a row. */
  readonly maxBytes: number;
}

export interface CurrentPage {
  readonly page: DataPage;
  /** Of an entry, on average. */
  readonly entryBytes: number;
}

interface OpenPage extends CurrentPage {
  readonly placed: PlacedPage;
}

/** The page of a column that is read, and the dictionary that it refers to. */
export class LeafPages {
  private readonly chunk: LeafChunk;
  private readonly pages: ChunkPages;
  private readonly dictionary: Dictionary = { values: null };
  private dictionaryPage: PlacedPage | null = null;
  private open: OpenPage | null = null;

  constructor(chunk: LeafChunk) {
    this.chunk = chunk;
    this.pages = new ChunkPages({ file: chunk.file, meta: chunk.meta, maxPageBytes: chunk.maxBytes });
  }

  /** The page with the next entries; null where there are no more. */
  async current(): Promise<CurrentPage | null> {
    await this.holdDictionary();
    if (this.open !== null && this.open.page.left > 0) {
      const { page, placed } = this.open;
      if (!page.isHeld) page.hold(await this.pages.unpacked(placed));
      return this.open;
    }
    // Two unpacked pages at a time would be twice as much.
    this.open = null;
    this.open = await this.nextWithEntries();
    return this.open;
  }

  /** The page that is unpacked, while it has entries. */
  get unpacked(): CurrentPage | null {
    return this.open !== null && this.open.page.isHeld && this.open.page.left > 0 ? this.open : null;
  }

  get heldBytes(): number {
    const page = this.open?.page.isHeld ? bytesOf(this.open.placed) : 0;
    return page + (this.dictionary.values === null ? 0 : bytesOf(this.dictionaryPage));
  }

  /** What is let go of is read again when it is needed. */
  release(): void {
    this.open?.page.release();
    this.dictionary.values = null;
  }

  private async nextWithEntries(): Promise<OpenPage | null> {
    for (let placed = await this.pages.next(); placed !== null; placed = await this.pages.next()) {
      const { type } = placed.header;
      if (type === 'DICTIONARY_PAGE') this.dictionaryPage = placed;
      if (type !== 'DATA_PAGE' && type !== 'DATA_PAGE_V2') continue;
      await this.holdDictionary();
      const page = await this.opened(placed);
      if (page.left > 0) return { placed, page, entryBytes: bytesOf(placed) / page.left };
    }
    return null;
  }

  private async opened(placed: PlacedPage): Promise<DataPage> {
    const { dictionary } = this;
    const { leaf, maxBytes } = this.chunk;
    const bytes = await this.pages.unpacked(placed);
    return new DataPage({ header: placed.header, bytes, leaf, dictionary, maxBytes });
  }

  private async holdDictionary(): Promise<void> {
    if (this.dictionaryPage === null || this.dictionary.values !== null) return;
    const bytes = await this.pages.unpacked(this.dictionaryPage);
    const count = this.dictionaryPage.header.dictionary_page_header?.num_values ?? 0;
    this.dictionary.values = pageDictionary(bytes, count, this.chunk.leaf.decoder);
  }
}

function bytesOf(placed: PlacedPage | null): number {
  return placed?.header.uncompressed_page_size ?? 0;
}
