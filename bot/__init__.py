"""Baoxiu (报修): a work-order assistant for property managers that lives in WeChat Work chat."""
