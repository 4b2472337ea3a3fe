import { useEffect } from 'react';
import { useValue } from '../live-value';
import { settings } from '../stores';

/** Puts the theme's class on the document; `system` follows the desktop while it is chosen. */
export const useTheme = (): void => {
  const theme = useValue(settings)?.theme ?? 'system';
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      document.documentElement.className = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
};
