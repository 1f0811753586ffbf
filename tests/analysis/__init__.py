"""The analytics desk: engine, forecast, inspections."""
