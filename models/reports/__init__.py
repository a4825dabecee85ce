"""The register summed up: summary tables (汇总表) and figures (统计)."""
