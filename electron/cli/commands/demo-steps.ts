/** Teaches the sample's voice without looping; fixed until the trainer can measure this machine's pace first. */
export const DEMO_STEPS = 24;
