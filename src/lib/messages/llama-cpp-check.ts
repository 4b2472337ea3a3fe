import type { ExportVerification } from '../types/model-artifact';
import { formatCount } from './format';

/** Of a GGUF file that llama.cpp has not loaded: what was checked, and why no more; null of any other export. */
export const uncheckedWords = ({ gguf }: Pick<ExportVerification, 'gguf'>): string | null =>
  !gguf || gguf.llama_cpp !== null
    ? null
    : `Exported, not checked in llama.cpp: ${gguf.reason ?? 'no reason given'}. ` +
      `${formatCount(gguf.tensors)} tensors were read back as they should be.`;
