// A sentence for people, in both languages of the project.
export interface Text {
  readonly ko: string;
  readonly en: string;
}
