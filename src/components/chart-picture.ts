import { pixels, smallFont, token } from './chart-tokens';

interface PictureWords {
  readonly title: string;
  /** One sentence; what the chart shows. */
  readonly says: string;
}

const fontOf = (size: number, weight: number): string => `${weight} ${size}px ${smallFont().family}`;

/**
 * The chart inside `frame` as it is in view, under its words and on the page's ground: a PNG in base64,
 * null where no chart is drawn there.
 */
export const chartPicture = (frame: HTMLElement, { title, says }: PictureWords): string | null => {
  const chart = frame.querySelector('canvas');
  const picture = document.createElement('canvas');
  const context = picture.getContext('2d');
  if (!chart || !context || chart.clientWidth === 0) return null;
  const scale = chart.width / chart.clientWidth;
  const [margin, head] = [pixels('--space-4'), pixels('--header-height') + pixels('--space-2')];
  picture.width = chart.width + 2 * margin * scale;
  picture.height = chart.height + (head + margin) * scale;
  context.scale(scale, scale);
  context.fillStyle = token('--surface-2');
  context.fillRect(0, 0, picture.width, picture.height);
  context.textBaseline = 'top';
  context.fillStyle = token('--text-1');
  context.font = fontOf(pixels('--text-md'), 600);
  context.fillText(title, margin, margin, chart.clientWidth);
  context.fillStyle = token('--text-2');
  context.font = fontOf(pixels('--text-xs'), 400);
  context.fillText(says, margin, margin + pixels('--leading-md'), chart.clientWidth);
  context.drawImage(chart, margin, head, chart.clientWidth, chart.clientHeight);
  return picture.toDataURL('image/png').replace('data:image/png;base64,', '');
};
