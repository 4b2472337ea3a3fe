/** Where the dataset and the base model of a run are; the hashes in its folder are what must agree. */
export interface RunInputs {
  readonly dataset: string;
  readonly base_model: string;
}

export const inputFlags = ({ dataset, base_model }: RunInputs): readonly string[] => [
  ...['--dataset', dataset],
  ...['--base-model', base_model],
];
