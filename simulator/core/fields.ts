/** Schemas of single fields that scripts, switches and receipts share. */
import { z } from 'zod';

export type Json = Record<string, unknown>;

export const milliseconds = z.int().min(0);
/** Any name: also codes nobody has heard of yet. */
export const codeName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'is not the name of an error code');
