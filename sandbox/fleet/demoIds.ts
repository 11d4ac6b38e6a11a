/** Ids of the demo fleet; the domains are reserved example names. */
export const demo = {
  contosoTenant: "3f1c8a52-6b0d-4c5e-9d21-7a4e5c0b1f01",
  northwindTenant: "8b9d2e64-1c7f-4a83-b5e0-2f6d9c3a7e02",
  production: "6a2f4c10-93d7-4be8-8f15-0c7e1d5b9a11",
  northwind: "c4e81b37-5a2d-4f96-a0c3-9d8f7e6b5a22",
  fabrikam: "e7d03a95-2b6c-4d18-9e47-1f5a8c4b3d33",
} as const;
