"""Mainland China: who may be contacted, when, how often, by whom and with which words."""
