// SPDX-License-Identifier: Apache-2.0
// Ant Design's tokens. Colours are chosen so that text reaches 4.5:1 on every ground it stands on;
// app.css holds the same palette for what is not Ant Design's.
import { type ThemeConfig, theme } from 'antd';

const shared = {
  borderRadius: 6,
  fontSize: 14,
  controlHeight: 32,
  fontFamily:
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  motionDurationMid: '0.12s',
  motionDurationSlow: '0.16s',
};

const lightTheme: ThemeConfig = {
  token: {
    ...shared,
    colorPrimary: '#155e9c',
    colorLink: '#155e9c',
    colorError: '#b42318',
    colorSuccess: '#15703a',
    colorWarning: '#9a5b00',
    colorText: '#1b2430',
    colorTextSecondary: '#4a5565',
    colorTextDescription: '#566173',
    colorTextPlaceholder: '#667085',
    colorTextDisabled: '#667085',
    colorBorder: '#b9c1cc',
    colorBgLayout: '#f5f6f8',
  },
};

const darkTheme: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#2f76b5',
    colorPrimaryHover: '#2a6ba5',
    colorLink: '#82bdf2',
    colorLinkHover: '#a9d3f7',
    colorLinkActive: '#a9d3f7',
    colorError: '#f0837b',
    colorSuccess: '#4cb277',
    colorWarning: '#e0a03a',
    colorText: '#e4e9f0',
    colorTextSecondary: '#b4bfcc',
    colorTextDescription: '#a5b1c0',
    colorTextPlaceholder: '#93a0b0',
    colorTextDisabled: '#93a0b0',
    colorBorder: '#46505e',
    colorBgBase: '#12161b',
    colorBgContainer: '#181d24',
    colorBgElevated: '#1f252d',
    colorBgLayout: '#12161b',
  },
  // Under the pointer and open Ant Design darkens the primary colour: too dark for a text. Its red is
  // too light a ground for white.
  components: {
    Button: {
      defaultHoverColor: '#82bdf2',
      defaultActiveColor: '#82bdf2',
      dangerColor: '#12161b',
    },
  },
};

export function themeOf(dark: boolean, motion: boolean): ThemeConfig {
  const chosen = dark ? darkTheme : lightTheme;
  return { ...chosen, token: { ...chosen.token, motion } };
}
