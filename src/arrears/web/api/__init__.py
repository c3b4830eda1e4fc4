"""What systems of the bank tell the workbench: payments, holds, stops."""
