/** As of OpenThread's simulated radio: no back-off, no time on the air. */
export const instantRadio = {
  acknowledges: true,
  repeats: true,
  acknowledgementTimeout: 16,
  sensitivity: -100,
  sharesChannel: false,
} as const;
