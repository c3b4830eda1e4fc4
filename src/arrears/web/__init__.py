"""The workbench: what people see and do, over a ledger of what was done."""
